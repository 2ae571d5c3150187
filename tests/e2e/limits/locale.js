const { locale } = Intl.DateTimeFormat().resolvedOptions();
console.log(typeof locale, (1234.5).toLocaleString().length > 5, ['b', 'a'].sort((a, b) => a.localeCompare(b)).join(''), 'I'.toLocaleLowerCase().length);
