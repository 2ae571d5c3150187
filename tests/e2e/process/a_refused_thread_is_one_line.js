let list = [];
for (let i = 0; i < 3e6; i++) {
  list.push({ i, text: 'x' + i });
  if (list.length > 2e5) list = [];
}
