library('assets', {});
require('./alloc_without_a_size.js');
