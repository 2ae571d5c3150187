declare const React: { createElement(tag: string, props: object | null, ...children: unknown[]): unknown };
declare global {
  namespace JSX {
    interface IntrinsicElements {
      [tag: string]: Record<string, unknown>;
    }
  }
}

export const row = (name: string, props: { wide?: boolean } = {}) => (
  <tr class="row" {...props}>
    <td>{name}</td>
  </tr>
);
