const h = (tag: string, props: object | null, ...children: unknown[]) => ({ tag, props, children });
export default function View({ title }: { title: string }) {
  return <h1 class="a">{title}<b /></h1>;
}
