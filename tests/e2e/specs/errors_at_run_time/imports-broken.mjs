import './values.mjs';
import './broken.mjs';
