var q = 6; typeof this; q * 7
