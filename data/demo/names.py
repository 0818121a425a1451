"""Made-up people's names and streets, by country; words with spaces between them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    women: str
    men: str
    families: str
    streets: str
    dialling_code: str


DANISH = Names(
    women=(
        "Anne Kirstine Mette Hanne Birgitte Lene Pia Camilla Søs Åse Line Maja Freja Ida Clara Alma Nanna Signe "
        "Rikke Trine Dorthe Gitte Lærke Rosa Ellen Karla Fatima Yasmin Bodil Tove"
    ),
    men=(
        "Jens Peter Lars Søren Henrik Thomas Jørgen Mikkel Rasmus Åge Emil Noah Oscar Malthe Villads Kasper Anders "
        "Bjørn Ole Niels Frederik Aksel Viggo Ali Omar Mads Tobias Storm Erik Poul"
    ),
    families=(
        "Jensen Nielsen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Madsen Kristensen "
        "Østergaard Kjær Nørgaard Bæk Søndergaard Åkjær Thygesen Bach Dahl Friis Skov Holm Krogh Lund Vestergaard "
        "Yılmaz Nguyễn D’Angelo Lauridsen Winther"
    ),
    streets=(
        "Østergade Nørregade Åvej Skovvænget Møllebakken Kirkevej Søndervang Engparken Lærkevej Tværvej "
        "Strandgade Birkevænget Hedevej Bøgealle"
    ),
    dialling_code="+45",
)
NORWEGIAN = Names(
    women=(
        "Ingrid Solveig Kari Åshild Silje Ragnhild Marte Hedda Nora Emma Tuva Sunniva Bente Gro Liv Randi Oda "
        "Eline Máret Astrid"
    ),
    men=(
        "Ola Knut Håkon Sindre Magnus Øystein Bjørnar Sverre Jakob Filip Even Trygve Odin Aslak Terje Leif Eirik "
        "Kåre Jonas Sander"
    ),
    families=(
        "Hansen Johansen Olsen Larsen Berg Haugen Bakken Nygård Sæther Ødegård Moen Lie Strøm Bråthen Røed "
        "Myhre Sandvik Kristoffersen Gaup Åsen"
    ),
    streets="Storgata Kirkegata Fåberggata Åsvegen Bjørkelia Elvegata Nordsetervegen Gudbrandsdalsvegen",
    dialling_code="+47",
)
