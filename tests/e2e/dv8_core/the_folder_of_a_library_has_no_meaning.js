console.log(typeof library('assets', {}, '/nowhere').list);
