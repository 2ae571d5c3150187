console.log(typeof module);
