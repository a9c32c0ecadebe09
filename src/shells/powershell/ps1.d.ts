/** Scripts that are imported as text. */
declare module '*.ps1' {
  const text: string;
  export default text;
}
