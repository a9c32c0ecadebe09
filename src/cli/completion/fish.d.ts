/** Scripts that are imported as text. */
declare module '*.fish' {
  const text: string;
  export default text;
}
