"""What titles, people, keywords and stories of the synthetic films are made of."""

from __future__ import annotations

ADJECTIVES = """
    last dark silent golden broken lost hidden wild cold burning secret crimson frozen distant
    lonely midnight electric savage gentle hollow bitter sweet endless falling rising perfect
    strange fallen invisible sacred restless scarlet quiet hungry velvet paper iron glass wooden
    young old brave blind crooked double faithful final first forgotten free guilty happy haunted
    human infinite innocent jealous little long mad magnificent naked northern odd painted pale
    patient poor private quick rare reckless royal second shallow sleeping slow small southern
    stolen sudden tender thin third true uncertain unknown violent wandering western wicked winter
""".split()  # noqa: SIM905 - as it reads
NOUNS = """
    night love man house day time life girl king city road river heart war dream moon sun star
    garden ghost island train sea winter summer blood door letter stranger mother father brother
    sister daughter son wife husband killer witness shadow mirror bridge mountain forest desert
    ocean storm fire rain snow wolf lion bird horse fox tiger crow dog cat spider snake doctor
    teacher dancer singer painter thief detective soldier captain queen prince knight giant hunter
    farmer sailor pilot nurse judge lawyer priest nun monk clown magician circus carnival hotel
    station market school hospital prison castle palace tower temple church cathedral museum
    theatre library kitchen window room attic cellar roof street corner square harbour lighthouse
    valley canyon cave lake waterfall field orchard vineyard meadow swamp jungle border frontier
    promise lie truth secret silence song dance waltz melody symphony echo whisper scream laugh
    tear kiss touch wound scar bone skin eye hand face voice name memory future past yesterday
    tomorrow morning evening dawn dusk hour minute clock calendar journey return escape chase fall
    rise end beginning game bet deal price debt gold silver diamond pearl crown sword knife gun
    bullet bomb machine robot signal code cipher formula experiment planet galaxy comet satellite
    honey wine bread salt sugar coffee tea apple cherry lemon rose lily orchid tulip willow oak
    summit glacier horizon compass map anchor voyage passenger suitcase ticket wedding funeral
""".split()  # noqa: SIM905
PLACES = """
    Paris Lisbon Tokyo Havana Berlin Naples Cairo Athens Vienna Madrid Dublin Oslo Prague Warsaw
    Budapest Istanbul Bombay Shanghai Seoul Sydney Chicago Texas Montana Alaska Brooklyn Harlem
    Venice Siena Granada Seville Porto Bergen Malmö Köln München Zürich Genève Québec Bogotá Lima
    Santiago Recife Dakar Lagos Nairobi Tunis Beirut Tehran Kyoto Osaka Hanoi Manila
""".split()  # noqa: SIM905
FOREIGN = """
    amour nuit jour vie été garçon forêt château rêve étoile noche corazón niño sueño año mañana
    ciudad estación Straße Mädchen Brüder Schloß Träume Stunde notte città perché libertà ragazza
    cœur açúcar coração irmão Øyene Sjøen młodość łąka żona čas děti gözleri güneş
""".split()  # noqa: SIM905
FIRST = """
    James Mary Robert Anna David Elena Carlos Sofia Pierre Claire Hans Greta Luca Giulia Kenji Yuki
    Wei Mei Arjun Priya Omar Leila Ivan Olga Björn Ingrid Pedro Inés José Lucía André Zoë René
    Chloé Søren Åsa Łukasz Zofia Jiří Věra Mehmet Ayşe Kofi Ama Liam Emma Noah Olivia Ethan Ava
    Mason Isla Logan Ella Jack Grace Henry Ruby Leo Alice Max Nora Oscar Vera Felix Ida Hugo Maya
    Adam Eva Simon Lea Paul Nina Tom Kate Sam Jane Ben Lucy Dan Rose Joel Ruth Karl Edith Otto
    Marta Bruno Silvia Diego Paula Rafael Carmen Mateo Julia Nils Astrid Lars Freya Emil Saga Aleks
    Mila Viktor Daria Yuri Tanya Boris Irina Ali Noor Hassan Samira Tariq Farah Rohan Anika Vikram
    Kavita Jun Hana Hiro Aiko Min Jiwoo Tae Soo Chen Lin Bao Xiu Kwame Zuri Sefu Imani Tunde Amara
""".split()  # noqa: SIM905
LAST_BEGINNINGS = """
    Al Bar Bel Ber Bran Car Cas Col Cor Dal Dan Del Dor Dun El Fal Fer Fin Gar Gil Gra Hal Har
    Hol Is Jan Kal Kar Kel Lan Lar Lin Lor Mal Mar Mel Mon Mor Nor Ol Or Par Per Pol Ras Ren Rom
    Ros San Sar Sel Sol Tar Tor Val Van Ver Vil Wal Win Yar Zan
""".split()  # noqa: SIM905
LAST_ENDINGS = """
    berg bury by dahl der dez don dotti elli er es etti ez field ford gård gren grove ham hart ic
    ini ins kov la land ley lin lund man mann mar mont ner nes off olli one ová quist rell ri rossi
    sen ska sky son stad stein ström ton tti vale vić ville wood worth
""".split()  # noqa: SIM905
VERBS = """
    finds loses follows betrays rescues hunts meets marries buries steals hides builds burns leaves
    forgives teaches paints remembers invents crosses inherits discovers escapes protects fights
    watches answers haunts joins robs
""".split()  # noqa: SIM905
JOBS = (
    ("Director", "Directing"),
    ("Screenplay", "Writing"),
    ("Producer", "Production"),
    ("Editor", "Editing"),
    ("Original Music Composer", "Sound"),
)
LANGUAGES = ("en", "fr", "es", "ja", "de", "it", "hi", "zh", "ko", "pt", "ru", "sv", "tr", "pl")
LANGUAGE_SHARES = (0.62, 0.08, 0.06, 0.05, 0.04, 0.03, 0.03, 0.02, 0.02, 0.015, 0.015, 0.01, 0.005, 0.005)  # fmt: skip
GENRE_SHARES = {
    "Drama": 0.22,
    "Comedy": 0.16,
    "Thriller": 0.09,
    "Action": 0.08,
    "Romance": 0.08,
    "Horror": 0.06,
    "Documentary": 0.06,
    "Crime": 0.05,
    "Adventure": 0.04,
    "Science Fiction": 0.03,
    "Family": 0.03,
    "Fantasy": 0.02,
    "Animation": 0.02,
    "Mystery": 0.02,
    "Music": 0.01,
    "History": 0.01,
    "War": 0.01,
    "Western": 0.007,
    "TV Movie": 0.003,
}
