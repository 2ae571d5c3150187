// yuletide
interface Named {
  name: string;
}

export default function describe(it: Named): string {
  return `<${it.name}>`;
}
