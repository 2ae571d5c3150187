console.log(require(args[2]), require(args[3]), require(args[4]).answer);
