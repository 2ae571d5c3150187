export let value = 0; export function increment() { value++; }
