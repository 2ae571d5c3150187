export default function Page({ query }) { return <p>Hello {query.name ?? 'nobody'}</p>; }
export const getServerSideProps = ({ query }) => ({ props: { query } });
