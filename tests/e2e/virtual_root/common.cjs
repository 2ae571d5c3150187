// What the programs share: names in the folder of embedded files, and a line for what a call returned or threw.
const fs = require('fs');
const path = require('path');

const at = (name) => path.join(__dirname, 'data', name);
const say = (name, run) => {
  let result;
  try {
    result = run();
  } catch (error) {
    result = error.code;
  }
  console.log(name, result);
};

module.exports = { at, say };
