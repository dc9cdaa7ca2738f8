/** @file The page of the explorer: nothing but its script, under a policy that lets no other run. */

/** `script`: its address; `nonce`: a word that nobody can guess. */
export function explorerPage(script: string, nonce: string): string {
  // Styles are the views' own, and those that the plot library and the controls write; no data becomes markup.
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; img-src data: blob:`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jacobian Explorer</title>
</head>
<body>
<script type="module" nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
