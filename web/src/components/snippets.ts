/** One call with a key, ready to be pasted, in each language. */
export function snippets(origin: string, key: string): readonly { language: string; text: string }[] {
  const url = `${origin}/api/orgs/`;
  return [
    { language: 'curl', text: `curl ${url} \\\n  -H 'Authorization: Api-Key ${key}'` },
    {
      language: 'TypeScript',
      text: `const answer = await fetch('${url}', {\n  headers: { Authorization: 'Api-Key ${key}' },\n});\nconsole.log(await answer.json());`,
    },
    {
      language: 'Python',
      text: `import json, urllib.request\n\ncall = urllib.request.Request("${url}", headers={"Authorization": "Api-Key ${key}"})\nprint(json.load(urllib.request.urlopen(call)))`,
    },
  ];
}
