#!/usr/bin/env dv8
var hidden = 6
hidden * 7
