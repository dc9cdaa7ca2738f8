/** @file The colours that an editor gives a page in its theme of high contrast, as far as our pictures ask for them. */
export const HIGH_CONTRAST = `
:root {
  color-scheme: dark;
  --paper: #000000; --ink: #ffffff; --faint: #ffffff; --line: #6fc3df;
  --vscode-foreground: #ffffff; --vscode-descriptionForeground: #ffffff; --vscode-contrastBorder: #6fc3df;
  --vscode-focusBorder: #f38518; --vscode-editorWidget-background: #0c141f; --vscode-widget-border: #6fc3df;
  --vscode-dropdown-background: #000000; --vscode-dropdown-foreground: #ffffff;
}
body { background: #000000; }
`;
