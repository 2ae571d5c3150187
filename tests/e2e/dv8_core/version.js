console.log(version());
