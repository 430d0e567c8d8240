/** An e-mail address, which where it is too long for its line goes on in the next with the `@`. */
export function Email({ of: address }: { of: string }) {
  const at = address.lastIndexOf('@');
  return (
    <span>
      {address.slice(0, at)}
      <wbr />
      {address.slice(at)}
    </span>
  );
}
