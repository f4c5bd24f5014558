#!/usr/bin/env bash
# A walk through the API of a running server: from a new account to explained recommendations.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
site="http://${HOST:-127.0.0.1}:${PORT:-8000}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
token=""

heading() { printf '\n\033[1m%s\033[0m\n' "$*"; }

hide_password() { sed -E 's/("password":")[^"]*/\1.../'; }

# call METHOD PATH [JSON]: shows the call, keeps the answer in $work/answer, fails on an error.
call() {
  local arguments=(-sS -X "$1" -H 'Accept: application/json' -o "$work/answer" -w '%{http_code}')
  [ -n "$token" ] && arguments+=(-H "Authorization: Bearer $token")
  [ $# -gt 2 ] && arguments+=(-H 'Content-Type: application/json' -d "$3")
  echo "\$ curl -X $1 '$2'"
  [ $# -gt 2 ] && echo "       -d '$(hide_password <<<"$3")'"
  local status
  status=$(curl "${arguments[@]}" "$site$2") || {
    echo "Nothing answers on $site; start it with: make run" >&2
    exit 1
  }
  if [ "$status" -ge 400 ]; then
    echo "HTTP $status: $(cat "$work/answer")" >&2
    exit 1
  fi
}
# show EXPRESSION: a Python expression over the answer `a`, printed.
show() { "$python" -c "import json, sys; a = json.load(open(sys.argv[1])); $1" "$work/answer"; }

recommendations='
for r in a["results"]:
    m = r["movie"]
    print("  {}. {} ({})  score {:.3f}".format(r["rank"], m["title"], m["release_year"], r["score"]))
    for why in r["reasons"]:
        print("       {:+.3f}  {}".format(why["share"], why["text"]))'

name="guest-$RANDOM$RANDOM"
password="$("$python" -c 'import secrets; print(secrets.token_urlsafe(12))')"

heading "1. Register and log in"
call POST /api/auth/register/ "{\"email\":\"$name@example.org\",\"username\":\"$name\",\"password\":\"$password\",\"preferred_genres\":[\"Science Fiction\"]}"
show 'print("  ", a["message"], "-", a["user"]["username"])'
call POST /api/auth/login/ "{\"username\":\"$name\",\"password\":\"$password\"}"
token=$(show 'print(a["access"])')
echo "   an access token of ${#token} characters"

heading "2. Before any rating: preferred genres"
call GET "/api/movies/recommendations/?limit=3"
show "print('   strategy:', a['strategy'])$recommendations"
show 'print(*[r["movie"]["tmdb_id"] for r in a["results"]])' >"$work/before"

heading "3. Search, with a typing mistake, and rate five films"
call GET "/api/movies/search/?q=casablnca"
show 'print("   found:", a["results"][0]["title"])'
for pair in "Alien:5.0" "The+Matrix:4.5" "Toy+Story:4.0" "Pulp+Fiction:2.0" "Casablanca:3.5"; do
  call GET "/api/movies/search/?q=${pair%%:*}"
  id=$(show 'print(a["results"][0]["tmdb_id"])')
  call PUT "/api/user/ratings/$id/" "{\"rating\":${pair##*:}}"
  show 'print("   rated", a["tmdb_id"], a["rating"])'
done

heading "4. The very next answer has changed, and says why"
call GET "/api/movies/recommendations/?limit=5"
show "print('   strategy:', a['strategy'], ' model:', a['model'], a['model_version'])$recommendations"
show 'print(*[r["movie"]["tmdb_id"] for r in a["results"]])' >"$work/after"
if cmp -s "$work/before" "$work/after"; then
  echo "The recommendations did not change." >&2
  exit 1
fi

heading "5. No account: films for a set of films"
token=""
call POST /api/recommend/ '{"context":[348,603],"model":"EASE","limit":5}'
show "$recommendations"

heading "6. The models"
call GET /api/models/
show '
for m in a["models"]:
    print("  {:11} {:10} {:12} {}".format(m["name"], m["type"], m["status"], m["version"] or ""))'
