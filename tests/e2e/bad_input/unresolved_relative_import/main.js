import './sub/x.js';
