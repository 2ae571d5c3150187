throw new Error('thrown by ' + module.id);
