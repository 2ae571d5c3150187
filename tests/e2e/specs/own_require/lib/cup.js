exports.cup = 'a cup of tea';
