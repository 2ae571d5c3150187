console.log(Intl.DateTimeFormat().resolvedOptions().locale);
