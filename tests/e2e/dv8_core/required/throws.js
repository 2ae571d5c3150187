
null.x
