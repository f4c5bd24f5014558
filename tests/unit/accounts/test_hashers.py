from __future__ import annotations

from moviverse.accounts.hashers import SmallArgon2Hasher


def test_a_hash_takes_nineteen_mebibytes_and_is_argon2id() -> None:
    encoded = SmallArgon2Hasher().encode("correct horse", SmallArgon2Hasher().salt())
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_the_right_password_passes() -> None:
    hasher = SmallArgon2Hasher()
    encoded = hasher.encode("correct horse", hasher.salt())
    assert hasher.verify("correct horse", encoded)
    assert not hasher.verify("battery staple", encoded)
