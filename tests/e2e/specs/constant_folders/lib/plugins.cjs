'use strict';
const fs = require('fs');
const path_1 = require('path');

const base = path_1.resolve(__dirname, '..');

exports.names = () => fs.readdirSync(path_1.resolve(base, 'plugins'));
