// Pieces of XML put together so that about half of the documents come out well-formed.
import fc from 'fast-check';

const attribute = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ' a=""',
      " b = '>'",
      '\n\tp:a="1"',
      ' q:a=""',
      ' xmlns:p="urn:u"',
      ' xmlns:q="urn:u"',
      ' xmlns=""',
      ' xmlns="urn:v"',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(' a', ' a=b', 'a=""', ' a="<"', ' a="&b;"', ' xmlns:p=""', ' =""', ' a:="x"', ' xmlns:xml="u"', '"'),
  },
);
const content: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      'x',
      ' ',
      '&lt;',
      '&#13;',
      ']',
      '>',
      '\r\n',
      '<b/>',
      '<p:b/>',
      '<!---->',
      '<?y?>',
      "<?y '?>",
      '<![CDATA[<]]>',
      '\u{10000}',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '&',
      '<',
      ']]>',
      '<!-- -- -->',
      '</b>',
      '<b>',
      '<?xml?>',
      '&#0;',
      '\u0001',
      '<![CDATA[',
      '<1/>',
      '<b:c/>',
      '-->',
      '<!x>',
    ),
  },
);
/** An element with the prefixes `p` and `q`, which are bound outside of it. */
export const randomElement = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom('a', 'p:a', 'b', 'é'),
      fc.array(attribute, { maxLength: 3, size: 'max' }),
      fc.array(fc.oneof({ maxDepth: 3 }, content, tie('element')), { maxLength: 4, size: 'max' }),
    )
    .map(([name, attributes, inner]) => `<${name}${attributes.join('')}>${inner.join('')}</${name}>`),
})).element;
