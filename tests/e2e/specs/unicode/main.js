console.log('żółć 你好 🎉', '🎉'.length, 'é'.normalize('NFD').length);
console.log(/^\p{Lu}\p{Ll}+$/u.test('Łódź'), 'ß'.toUpperCase());
console.log(new Intl.NumberFormat('en').format(1234567.891));
console.log(new Date(Date.UTC(2024, 1, 29)).toLocaleDateString('en-US', { timeZone: 'UTC', dateStyle: 'long' }));
