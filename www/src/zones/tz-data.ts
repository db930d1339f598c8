// Written by tools/zones.mjs from zone.tab, tzdata.zi and the zones of the tz database, which are in the public domain.

/** The release of the tz database. */
export const RELEASE = "2026f";

/**
 * The zones of each country, in the order of zone.tab: the zones of most people come first, if their place on the map allows it. After a
 * zone, its abbreviations in January and in July.
 */
export const COUNTRIES = `\
AD Europe/Andorra,CET,CEST
AE Asia/Dubai
AF Asia/Kabul
AG America/Antigua,AST
AI America/Anguilla,AST
AL Europe/Tirane,CET,CEST
AM Asia/Yerevan
AO Africa/Luanda,WAT
AQ Antarctica/McMurdo,NZDT,NZST Antarctica/Casey Antarctica/Davis Antarctica/DumontDUrville Antarctica/Mawson Antarctica/Palmer Antarctica/Rothera Antarctica/Syowa Antarctica/Troll Antarctica/Vostok
AR America/Argentina/Buenos_Aires America/Argentina/Cordoba America/Argentina/Salta America/Argentina/Jujuy America/Argentina/Tucuman America/Argentina/Catamarca America/Argentina/La_Rioja America/Argentina/San_Juan America/Argentina/Mendoza America/Argentina/San_Luis America/Argentina/Rio_Gallegos America/Argentina/Ushuaia
AS Pacific/Pago_Pago,SST
AT Europe/Vienna,CET,CEST
AU Australia/Lord_Howe Antarctica/Macquarie,AEDT,AEST Australia/Hobart,AEDT,AEST Australia/Melbourne,AEDT,AEST Australia/Sydney,AEDT,AEST Australia/Broken_Hill,ACDT,ACST Australia/Brisbane,AEST Australia/Lindeman,AEST Australia/Adelaide,ACDT,ACST Australia/Darwin,ACST Australia/Perth,AWST Australia/Eucla
AW America/Aruba,AST
AX Europe/Mariehamn,EET,EEST
AZ Asia/Baku
BA Europe/Sarajevo,CET,CEST
BB America/Barbados,AST
BD Asia/Dhaka
BE Europe/Brussels,CET,CEST
BF Africa/Ouagadougou,GMT
BG Europe/Sofia,EET,EEST
BH Asia/Bahrain
BI Africa/Bujumbura,CAT
BJ Africa/Porto-Novo,WAT
BL America/St_Barthelemy,AST
BM Atlantic/Bermuda,AST,ADT
BN Asia/Brunei
BO America/La_Paz
BQ America/Kralendijk,AST
BR America/Noronha America/Belem America/Fortaleza America/Recife America/Araguaina America/Maceio America/Bahia America/Sao_Paulo America/Campo_Grande America/Cuiaba America/Santarem America/Porto_Velho America/Boa_Vista America/Manaus America/Eirunepe America/Rio_Branco
BS America/Nassau,EST,EDT
BT Asia/Thimphu
BW Africa/Gaborone,CAT
BY Europe/Minsk
BZ America/Belize,CST
CA America/St_Johns,NST,NDT America/Halifax,AST,ADT America/Glace_Bay,AST,ADT America/Moncton,AST,ADT America/Goose_Bay,AST,ADT America/Blanc-Sablon,AST America/Toronto,EST,EDT America/Iqaluit,EST,EDT America/Atikokan,EST America/Winnipeg,CST,CDT America/Resolute,CST,CDT America/Rankin_Inlet,CST,CDT America/Regina,CST America/Swift_Current,CST America/Edmonton,MST,MDT America/Cambridge_Bay,MST,MDT America/Inuvik,MST,MDT America/Vancouver,PST,PDT America/Creston,MST America/Dawson_Creek,MST America/Fort_Nelson,MST America/Whitehorse,MST America/Dawson,MST
CC Indian/Cocos
CD Africa/Kinshasa,WAT Africa/Lubumbashi,CAT
CF Africa/Bangui,WAT
CG Africa/Brazzaville,WAT
CH Europe/Zurich,CET,CEST
CI Africa/Abidjan,GMT
CK Pacific/Rarotonga
CL America/Santiago America/Coyhaique America/Punta_Arenas Pacific/Easter
CM Africa/Douala,WAT
CN Asia/Shanghai,CST Asia/Urumqi
CO America/Bogota
CR America/Costa_Rica,CST
CU America/Havana,CST,CDT
CV Atlantic/Cape_Verde
CW America/Curacao,AST
CX Indian/Christmas
CY Asia/Nicosia,EET,EEST Asia/Famagusta,EET,EEST
CZ Europe/Prague,CET,CEST
DE Europe/Berlin,CET,CEST Europe/Busingen,CET,CEST
DJ Africa/Djibouti,EAT
DK Europe/Copenhagen,CET,CEST
DM America/Dominica,AST
DO America/Santo_Domingo,AST
DZ Africa/Algiers,CET
EC America/Guayaquil Pacific/Galapagos
EE Europe/Tallinn,EET,EEST
EG Africa/Cairo,EET,EEST
EH Africa/El_Aaiun
ER Africa/Asmara,EAT
ES Europe/Madrid,CET,CEST Africa/Ceuta,CET,CEST Atlantic/Canary,WET,WEST
ET Africa/Addis_Ababa,EAT
FI Europe/Helsinki,EET,EEST
FJ Pacific/Fiji
FK Atlantic/Stanley
FM Pacific/Chuuk Pacific/Pohnpei Pacific/Kosrae
FO Atlantic/Faroe,WET,WEST
FR Europe/Paris,CET,CEST
GA Africa/Libreville,WAT
GB Europe/London,GMT,BST
GD America/Grenada,AST
GE Asia/Tbilisi
GF America/Cayenne
GG Europe/Guernsey,GMT,BST
GH Africa/Accra,GMT
GI Europe/Gibraltar,CET,CEST
GL America/Nuuk America/Danmarkshavn,GMT America/Scoresbysund America/Thule,AST,ADT
GM Africa/Banjul,GMT
GN Africa/Conakry,GMT
GP America/Guadeloupe,AST
GQ Africa/Malabo,WAT
GR Europe/Athens,EET,EEST
GS Atlantic/South_Georgia
GT America/Guatemala,CST
GU Pacific/Guam,ChST
GW Africa/Bissau,GMT
GY America/Guyana
HK Asia/Hong_Kong,HKT
HN America/Tegucigalpa,CST
HR Europe/Zagreb,CET,CEST
HT America/Port-au-Prince,EST,EDT
HU Europe/Budapest,CET,CEST
ID Asia/Jakarta,WIB Asia/Pontianak,WIB Asia/Makassar,WITA Asia/Jayapura,WIT
IE Europe/Dublin,GMT,IST
IL Asia/Jerusalem,IST,IDT
IM Europe/Isle_of_Man,GMT,BST
IN Asia/Kolkata,IST
IO Indian/Chagos
IQ Asia/Baghdad
IR Asia/Tehran
IS Atlantic/Reykjavik,GMT
IT Europe/Rome,CET,CEST
JE Europe/Jersey,GMT,BST
JM America/Jamaica,EST
JO Asia/Amman
JP Asia/Tokyo,JST
KE Africa/Nairobi,EAT
KG Asia/Bishkek
KH Asia/Phnom_Penh
KI Pacific/Tarawa Pacific/Kanton Pacific/Kiritimati
KM Indian/Comoro,EAT
KN America/St_Kitts,AST
KP Asia/Pyongyang,KST
KR Asia/Seoul,KST
KW Asia/Kuwait
KY America/Cayman,EST
KZ Asia/Almaty Asia/Qyzylorda Asia/Qostanay Asia/Aqtobe Asia/Aqtau Asia/Atyrau Asia/Oral
LA Asia/Vientiane
LB Asia/Beirut,EET,EEST
LC America/St_Lucia,AST
LI Europe/Vaduz,CET,CEST
LK Asia/Colombo
LR Africa/Monrovia,GMT
LS Africa/Maseru,SAST
LT Europe/Vilnius,EET,EEST
LU Europe/Luxembourg,CET,CEST
LV Europe/Riga,EET,EEST
LY Africa/Tripoli,EET
MA Africa/Casablanca
MC Europe/Monaco,CET,CEST
MD Europe/Chisinau,EET,EEST
ME Europe/Podgorica,CET,CEST
MF America/Marigot,AST
MG Indian/Antananarivo,EAT
MH Pacific/Majuro Pacific/Kwajalein
MK Europe/Skopje,CET,CEST
ML Africa/Bamako,GMT
MM Asia/Yangon
MN Asia/Ulaanbaatar Asia/Hovd
MO Asia/Macau,CST
MP Pacific/Saipan,ChST
MQ America/Martinique,AST
MR Africa/Nouakchott,GMT
MS America/Montserrat,AST
MT Europe/Malta,CET,CEST
MU Indian/Mauritius
MV Indian/Maldives
MW Africa/Blantyre,CAT
MX America/Mexico_City,CST America/Cancun,EST America/Merida,CST America/Monterrey,CST America/Matamoros,CST,CDT America/Chihuahua,CST America/Ciudad_Juarez,MST,MDT America/Ojinaga,CST,CDT America/Mazatlan,MST America/Bahia_Banderas,CST America/Hermosillo,MST America/Tijuana,PST,PDT
MY Asia/Kuala_Lumpur Asia/Kuching
MZ Africa/Maputo,CAT
NA Africa/Windhoek,CAT
NC Pacific/Noumea
NE Africa/Niamey,WAT
NF Pacific/Norfolk
NG Africa/Lagos,WAT
NI America/Managua,CST
NL Europe/Amsterdam,CET,CEST
NO Europe/Oslo,CET,CEST
NP Asia/Kathmandu
NR Pacific/Nauru
NU Pacific/Niue
NZ Pacific/Auckland,NZDT,NZST Pacific/Chatham
OM Asia/Muscat
PA America/Panama,EST
PE America/Lima
PF Pacific/Tahiti Pacific/Marquesas Pacific/Gambier
PG Pacific/Port_Moresby Pacific/Bougainville
PH Asia/Manila,PST
PK Asia/Karachi,PKT
PL Europe/Warsaw,CET,CEST
PM America/Miquelon
PN Pacific/Pitcairn
PR America/Puerto_Rico,AST
PS Asia/Gaza,EET,EEST Asia/Hebron,EET,EEST
PT Europe/Lisbon,WET,WEST Atlantic/Madeira,WET,WEST Atlantic/Azores
PW Pacific/Palau
PY America/Asuncion
QA Asia/Qatar
RE Indian/Reunion
RO Europe/Bucharest,EET,EEST
RS Europe/Belgrade,CET,CEST
RU Europe/Kaliningrad,EET Europe/Moscow,MSK Europe/Kirov,MSK Europe/Volgograd,MSK Europe/Astrakhan Europe/Saratov Europe/Ulyanovsk Europe/Samara Asia/Yekaterinburg Asia/Omsk Asia/Novosibirsk Asia/Barnaul Asia/Tomsk Asia/Novokuznetsk Asia/Krasnoyarsk Asia/Irkutsk Asia/Chita Asia/Yakutsk Asia/Khandyga Asia/Vladivostok Asia/Ust-Nera Asia/Magadan Asia/Sakhalin Asia/Srednekolymsk Asia/Kamchatka Asia/Anadyr
UA Europe/Simferopol,MSK Europe/Kyiv,EET,EEST
RW Africa/Kigali,CAT
SA Asia/Riyadh
SB Pacific/Guadalcanal
SC Indian/Mahe
SD Africa/Khartoum,CAT
SE Europe/Stockholm,CET,CEST
SG Asia/Singapore
SH Atlantic/St_Helena,GMT
SI Europe/Ljubljana,CET,CEST
SJ Arctic/Longyearbyen,CET,CEST
SK Europe/Bratislava,CET,CEST
SL Africa/Freetown,GMT
SM Europe/San_Marino,CET,CEST
SN Africa/Dakar,GMT
SO Africa/Mogadishu,EAT
SR America/Paramaribo
SS Africa/Juba,CAT
ST Africa/Sao_Tome,GMT
SV America/El_Salvador,CST
SX America/Lower_Princes,AST
SY Asia/Damascus
SZ Africa/Mbabane,SAST
TC America/Grand_Turk,EST,EDT
TD Africa/Ndjamena,WAT
TF Indian/Kerguelen
TG Africa/Lome,GMT
TH Asia/Bangkok
TJ Asia/Dushanbe
TK Pacific/Fakaofo
TL Asia/Dili
TM Asia/Ashgabat
TN Africa/Tunis,CET
TO Pacific/Tongatapu
TR Europe/Istanbul
TT America/Port_of_Spain,AST
TV Pacific/Funafuti
TW Asia/Taipei,CST
TZ Africa/Dar_es_Salaam,EAT
UG Africa/Kampala,EAT
UM Pacific/Midway,SST Pacific/Wake
US America/New_York,EST,EDT America/Detroit,EST,EDT America/Kentucky/Louisville,EST,EDT America/Kentucky/Monticello,EST,EDT America/Indiana/Indianapolis,EST,EDT America/Indiana/Vincennes,EST,EDT America/Indiana/Winamac,EST,EDT America/Indiana/Marengo,EST,EDT America/Indiana/Petersburg,EST,EDT America/Indiana/Vevay,EST,EDT America/Chicago,CST,CDT America/Indiana/Tell_City,CST,CDT America/Indiana/Knox,CST,CDT America/Menominee,CST,CDT America/North_Dakota/Center,CST,CDT America/North_Dakota/New_Salem,CST,CDT America/North_Dakota/Beulah,CST,CDT America/Denver,MST,MDT America/Boise,MST,MDT America/Phoenix,MST America/Los_Angeles,PST,PDT America/Anchorage,AKST,AKDT America/Juneau,AKST,AKDT America/Sitka,AKST,AKDT America/Metlakatla,AKST,AKDT America/Yakutat,AKST,AKDT America/Nome,AKST,AKDT America/Adak,HST,HDT Pacific/Honolulu,HST
UY America/Montevideo
UZ Asia/Samarkand Asia/Tashkent
VA Europe/Vatican,CET,CEST
VC America/St_Vincent,AST
VE America/Caracas
VG America/Tortola,AST
VI America/St_Thomas,AST
VN Asia/Ho_Chi_Minh
VU Pacific/Efate
WF Pacific/Wallis
WS Pacific/Apia
YE Asia/Aden
YT Indian/Mayotte,EAT
ZA Africa/Johannesburg,SAST
ZM Africa/Lusaka,CAT
ZW Africa/Harare,CAT
`;

/** The older names of zones, after each zone. */
export const OLDER = `\
Australia/Sydney Australia/ACT Australia/NSW Australia/Canberra
Australia/Lord_Howe Australia/LHI
Australia/Darwin Australia/North
Australia/Brisbane Australia/Queensland
Australia/Adelaide Australia/South
Australia/Hobart Australia/Tasmania Australia/Currie
Australia/Melbourne Australia/Victoria
Australia/Perth Australia/West
Australia/Broken_Hill Australia/Yancowinna
America/Rio_Branco Brazil/Acre America/Porto_Acre
America/Noronha Brazil/DeNoronha
America/Sao_Paulo Brazil/East
America/Manaus Brazil/West
Europe/Brussels CET MET
America/Halifax Canada/Atlantic
America/Winnipeg Canada/Central America/Rainy_River
America/Toronto Canada/Eastern America/Montreal America/Nipigon America/Thunder_Bay
America/Edmonton Canada/Mountain America/Yellowknife
America/St_Johns Canada/Newfoundland
America/Vancouver Canada/Pacific
America/Regina Canada/Saskatchewan
America/Whitehorse Canada/Yukon
America/Santiago Chile/Continental
Pacific/Easter Chile/EasterIsland
America/Havana Cuba
Europe/Athens EET
America/Panama EST America/Coral_Harbour
Africa/Cairo Egypt
Europe/Dublin Eire
Europe/London GB GB-Eire Europe/Belfast
Asia/Hong_Kong Hongkong
Africa/Abidjan Iceland Africa/Timbuktu
Asia/Tehran Iran
Asia/Jerusalem Israel Asia/Tel_Aviv
America/Jamaica Jamaica
Asia/Tokyo Japan
Pacific/Kwajalein Kwajalein
Africa/Tripoli Libya
America/Phoenix MST US/Arizona
America/Tijuana Mexico/BajaNorte America/Ensenada America/Santa_Isabel
America/Mazatlan Mexico/BajaSur
America/Mexico_City Mexico/General
Pacific/Auckland NZ Antarctica/South_Pole
Pacific/Chatham NZ-CHAT
America/Denver Navajo US/Mountain America/Shiprock
Asia/Shanghai PRC Asia/Chongqing Asia/Harbin Asia/Chungking
Europe/Warsaw Poland
Europe/Lisbon Portugal WET
Asia/Taipei ROC
Asia/Seoul ROK
Asia/Singapore Singapore
Europe/Istanbul Turkey Asia/Istanbul
America/Anchorage US/Alaska
America/Adak US/Aleutian America/Atka
America/Chicago US/Central
America/Indiana/Indianapolis US/East-Indiana America/Indianapolis America/Fort_Wayne
America/New_York US/Eastern
Pacific/Honolulu US/Hawaii Pacific/Johnston HST
America/Indiana/Knox US/Indiana-Starke America/Knox_IN
America/Detroit US/Michigan
America/Los_Angeles US/Pacific
Pacific/Pago_Pago US/Samoa Pacific/Samoa
Europe/Moscow W-SU
America/Argentina/Buenos_Aires America/Buenos_Aires
America/Argentina/Catamarca America/Catamarca America/Argentina/ComodRivadavia
America/Argentina/Cordoba America/Cordoba America/Rosario
America/Argentina/Jujuy America/Jujuy
America/Kentucky/Louisville America/Louisville
America/Argentina/Mendoza America/Mendoza
America/Puerto_Rico America/Virgin
America/Iqaluit America/Pangnirtung
Asia/Ulaanbaatar Asia/Choibalsan Asia/Ulan_Bator
Asia/Urumqi Asia/Kashgar
Europe/Berlin Atlantic/Jan_Mayen
Europe/Chisinau Europe/Tiraspol
Europe/Kyiv Europe/Uzhgorod Europe/Zaporozhye Europe/Kiev
Pacific/Kanton Pacific/Enderbury
Pacific/Port_Moresby Pacific/Yap Pacific/Truk
Africa/Nairobi Africa/Asmera
America/Nuuk America/Godthab
Asia/Ashgabat Asia/Ashkhabad
Asia/Kolkata Asia/Calcutta
Asia/Dhaka Asia/Dacca
Asia/Kathmandu Asia/Katmandu
Asia/Macau Asia/Macao
Asia/Yangon Asia/Rangoon
Asia/Ho_Chi_Minh Asia/Saigon
Asia/Thimphu Asia/Thimbu
Asia/Makassar Asia/Ujung_Pandang
Atlantic/Faroe Atlantic/Faeroe
Asia/Nicosia Europe/Nicosia
Pacific/Guadalcanal Pacific/Ponape
`;
