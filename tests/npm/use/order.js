// A script in the style of before modules.
var unused = 1;
function order(lines) {
  if (lines.length == 0) { return 'nothing' }
  return lines.map(function (line) { return line.name + ' x ' + line.count; }).join(', ');
}
console.log(order([{ name: 'tea', count: 2 }]));
