console.log(
  typeof require('timer').Timer,
  typeof require('libz').ZLib,
  require('os').EOL === '\n',
  require('socket').Socket === undefined,
);
