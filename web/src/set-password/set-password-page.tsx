/** Where a link for a password leads. */
export function SetPasswordPage() {
  return null;
}
