"""How fast countermeasure is, beside Cloud Custodian and bare AWS calls: `make bench` measures and writes it down."""
