console.log(args.length, args[1], args[2]);
console.log(env().includes('TZ=UTC'), env().length > 0);
