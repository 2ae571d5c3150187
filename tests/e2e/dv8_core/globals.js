console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis)));
