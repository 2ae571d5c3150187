console.log(process.spawn);
