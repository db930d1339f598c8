/**
 * Large cities and short names of countries that people type, and that the tz database does not have: it names one city of each region
 * with its own clock. Other names of cities come from the database's older names.
 */
export const CITIES: Readonly<Record<string, string>> = {
  "America/New_York":
    "NYC, Boston, Washington DC, Philadelphia, Miami, Atlanta, Charlotte, Orlando, Tampa, Eastern Time",
  "America/Chicago":
    "Dallas, Houston, Austin, San Antonio, Minneapolis, St Louis, New Orleans, Nashville, Central Time",
  "America/Denver": "Salt Lake City, Albuquerque, Mountain Time",
  "America/Los_Angeles": "LA, San Francisco, SF, San Diego, Seattle, Portland, Las Vegas, Sacramento, Pacific Time",
  "America/Toronto": "Ottawa, Quebec City, Hamilton",
  "America/Edmonton": "Calgary",
  "America/Mexico_City": "Guadalajara, Puebla, CDMX",
  "America/Bogota": "Medellín, Cali",
  "America/Guayaquil": "Quito",
  "America/Sao_Paulo": "Rio de Janeiro, Brasília, Belo Horizonte, Curitiba",
  "Europe/London": "Manchester, Birmingham, Edinburgh, Glasgow, Cardiff, Leeds",
  "Europe/Paris": "Lyon, Marseille, Toulouse, Nice",
  "Europe/Berlin": "Munich, München, Hamburg, Frankfurt, Cologne, Köln, Stuttgart, Düsseldorf",
  "Europe/Madrid": "Barcelona, Valencia, Seville",
  "Europe/Rome": "Milan, Milano, Roma, Naples, Turin",
  "Europe/Zurich": "Geneva, Genève, Basel, Bern, Lausanne",
  "Europe/Vienna": "Wien, Graz, Salzburg",
  "Europe/Amsterdam": "Rotterdam, The Hague, Utrecht",
  "Europe/Brussels": "Antwerp, Ghent",
  "Europe/Copenhagen": "København, Aarhus",
  "Europe/Stockholm": "Gothenburg, Malmö",
  "Europe/Warsaw": "Kraków, Wrocław, Gdańsk",
  "Europe/Lisbon": "Porto",
  "Europe/Prague": "Brno",
  "Europe/Athens": "Thessaloniki",
  "Europe/Moscow": "Saint Petersburg, St Petersburg",
  "Europe/Istanbul": "Ankara, Izmir",
  "Asia/Dubai": "Abu Dhabi",
  "Asia/Riyadh": "Jeddah, Mecca",
  "Asia/Karachi": "Lahore, Islamabad",
  "Asia/Kolkata": "Mumbai, Bombay, Delhi, New Delhi, Bangalore, Bengaluru, Chennai, Hyderabad, Pune",
  "Asia/Shanghai": "Beijing, Peking, Shenzhen, Guangzhou, Chengdu, Wuhan",
  "Asia/Ho_Chi_Minh": "Hanoi",
  "Asia/Tokyo": "Osaka, Kyoto, Yokohama, Nagoya",
  "Asia/Seoul": "Busan",
  "Asia/Manila": "Cebu",
  "Australia/Sydney": "Canberra",
  "Australia/Brisbane": "Gold Coast",
  "Pacific/Auckland": "Wellington, Christchurch",
  "Africa/Johannesburg": "Cape Town, Durban, Pretoria",
  "Africa/Lagos": "Abuja",
  "Africa/Casablanca": "Rabat, Marrakesh",
};

export const COUNTRIES: Readonly<Record<string, string>> = {
  US: "USA, America",
  GB: "UK, England, Scotland, Wales, Great Britain",
  AE: "UAE, Emirates",
  NL: "Holland",
  KR: "Korea",
  CZ: "Czech Republic",
};

/**
 * The zones of most people, for zones that match a text equally well. The tz database orders the zones of one country, and knows no
 * numbers of people.
 */
export const POPULOUS = (
  "UTC America/New_York America/Chicago America/Los_Angeles America/Denver Europe/London Asia/Kolkata Asia/Shanghai Europe/Paris " +
  "Europe/Berlin Asia/Tokyo America/Sao_Paulo Asia/Jakarta Asia/Karachi Africa/Lagos Asia/Dhaka Europe/Moscow America/Mexico_City " +
  "Asia/Manila Africa/Cairo Asia/Ho_Chi_Minh Europe/Istanbul Asia/Tehran Asia/Bangkok Africa/Johannesburg Europe/Rome Asia/Seoul " +
  "America/Bogota Europe/Madrid America/Argentina/Buenos_Aires America/Toronto Australia/Sydney Australia/Melbourne Australia/Brisbane " +
  "Australia/Adelaide Australia/Perth Europe/Kyiv Asia/Riyadh Asia/Dubai Asia/Singapore Asia/Hong_Kong Asia/Jerusalem Africa/Nairobi " +
  "America/Phoenix America/Anchorage Pacific/Honolulu Pacific/Auckland America/Vancouver America/Halifax"
).split(" ");
