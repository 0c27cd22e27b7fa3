//! Names that look real, drawn repeatably.

use domain::email::EmailAddress;
use domain::user::Names;

/// Draws from the lists; the same seed and number draw the same.
pub(super) struct Lot {
    state: u64,
}

impl Lot {
    pub(super) fn new(seed: u64, number: u64) -> Lot {
        Lot { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xd1b5_4a32_d192_ed03) }
    }

    /// SplitMix64: small, repeatable, good enough for names.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn draw<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[(self.next() % list.len() as u64) as usize]
    }

    pub(super) fn person(&mut self) -> Names {
        let (first, last) = (self.draw(FIRST).to_owned(), self.draw(LAST).to_owned());
        let display =
            if self.next().is_multiple_of(4) { format!("{first} {}.", &last[..1]) } else { String::new() };
        Names { first, last, display }
    }

    /// An address under a name reserved for examples; the number makes it the only one.
    pub(super) fn email(&mut self, names: &Names, number: u64) -> EmailAddress {
        let plain = |name: &str| name.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphabetic(), "");
        let (first, last, host) = (plain(&names.first), plain(&names.last), self.draw(HOSTS));
        EmailAddress::parse(&format!("{first}.{last}{number}@{host}.example"))
            .expect("made of letters and digits")
    }

    pub(super) fn business(&mut self) -> String {
        format!("{} {}", self.draw(LAST), self.draw(TRADES))
    }

    pub(super) fn branch(&mut self, business: &str, place: u64) -> String {
        let number = if place < TOWNS.len() as u64 { String::new() } else { format!(" {}", place + 1) };
        format!("{business} {}{number}", TOWNS[(place as usize) % TOWNS.len()])
    }

    pub(super) fn time_zone(&mut self) -> &'static str {
        self.draw(ZONES)
    }
}

const FIRST: &[&str] = &[
    "Ada", "Aaliyah", "Amir", "Ana", "Andre", "Anika", "Arthur", "Beatriz", "Ben", "Bianca", "Caleb",
    "Camille", "Carlos", "Chloe", "Dana", "Daniel", "Deepa", "Diego", "Elena", "Elias", "Emeka", "Emma",
    "Ethan", "Fatima", "Felix", "Freya", "Gabriel", "Grace", "Hana", "Hugo", "Imani", "Ines", "Isaac", "Ivy",
    "Jada", "James", "Jia", "Jonas", "Julia", "Kai", "Karim", "Keiko", "Lars", "Leila", "Leo", "Lucia",
    "Maya", "Mateo", "Mei", "Miles", "Mina", "Nadia", "Natalie", "Nia", "Noah", "Olive", "Omar", "Paula",
    "Priya", "Quinn", "Rafael", "Rosa", "Ruth", "Sam", "Sana", "Sofia", "Tariq", "Tess", "Theo", "Uma",
    "Vera", "Victor", "Wanda", "Will", "Yara", "Yusuf", "Zoe",
];

const LAST: &[&str] = &[
    "Abbott", "Adeyemi", "Alvarez", "Anders", "Bailey", "Barros", "Becker", "Bell", "Bianchi", "Boyd",
    "Brennan", "Castillo", "Chandra", "Chen", "Clarke", "Cohen", "Costa", "Cruz", "Dalton", "Diaz", "Dubois",
    "Eriksen", "Evans", "Farah", "Fischer", "Flores", "Ford", "Fuentes", "Gallo", "Garcia", "Gupta",
    "Haddad", "Hall", "Hansen", "Hayes", "Hughes", "Ibrahim", "Ito", "Jensen", "Kaplan", "Kaur", "Keller",
    "Khan", "Kim", "Kowalski", "Larsen", "Lee", "Lopez", "Malik", "Marino", "Mendes", "Meyer", "Moreau",
    "Murphy", "Nakamura", "Novak", "Nguyen", "Okafor", "Olsen", "Ortiz", "Park", "Patel", "Pereira",
    "Petrov", "Quirke", "Ramos", "Reyes", "Rossi", "Russo", "Sato", "Schmidt", "Shah", "Silva", "Singh",
    "Suzuki", "Tanaka", "Torres", "Vargas", "Vogel", "Walsh", "Weber", "Wong", "Young", "Zhang",
];

const TRADES: &[&str] = &[
    "Heating & Air",
    "Plumbing",
    "Dental Care",
    "Family Law",
    "Roofing",
    "Auto Repair",
    "Veterinary Clinic",
    "Movers",
    "Landscaping",
    "Pest Control",
    "Orthodontics",
    "Home Services",
    "Insurance",
    "Physical Therapy",
    "Electric",
    "Pool & Spa",
    "Flooring",
    "Garage Doors",
    "Window Cleaning",
    "Real Estate",
];

const TOWNS: &[&str] = &[
    "Downtown",
    "Riverside",
    "Oak Park",
    "Lakeview",
    "Northgate",
    "Westfield",
    "Harbor",
    "Hillcrest",
    "Maple Grove",
    "Fairview",
    "Southside",
    "Old Town",
    "Cedar Falls",
    "Brookside",
    "Mill Creek",
    "Summit",
];

const HOSTS: &[&str] =
    &["localsync", "brightside", "northstar", "cornerstone", "bluebird", "evergreen", "keystone"];

const ZONES: &[&str] = &["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"];
