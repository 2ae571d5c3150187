export function greeting(name = 'world'): string {
  return `hello ${name}`;
}
