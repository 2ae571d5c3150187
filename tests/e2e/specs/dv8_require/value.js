var hidden = 6
hidden * 7
