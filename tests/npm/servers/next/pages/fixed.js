export default function Fixed() { return <p>Fixed</p>; }
