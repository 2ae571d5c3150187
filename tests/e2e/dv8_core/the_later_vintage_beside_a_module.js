library('assets', {});
require('./the_later_vintage.js');
