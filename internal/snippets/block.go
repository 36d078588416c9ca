package snippets

import (
	"fmt"
	"strings"
)

// Kind says where a block's code stands: the words after "go".
type Kind string

// The kinds of blocks.
const (
	KindFile     Kind = ""
	KindWorkflow Kind = "workflow"
	KindProgram  Kind = "program"
	KindTest     Kind = "test"
)

// signatures are the functions that blocks are the bodies of.
var signatures = map[Kind]string{
	KindWorkflow: "func _(ctx workflow.Context) (err error)",
	KindProgram:  "func _(ctx context.Context) (err error)",
	KindTest:     "func _(t *testing.T)",
}

// Block is a Go code block of a document.
type Block struct {
	Path string // of the document
	Line int    // of the first line of code, from 1
	Kind Kind
	Code string
}

// Name tells the block from all others, in a form that a folder may have.
func (b Block) Name() string {
	path := strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(strings.TrimSuffix(b.Path, ".md"))
	return fmt.Sprintf("%s_%d", path, b.Line)
}

// Blocks returns the Go code blocks of a document.
func Blocks(path, text string) ([]Block, error) {
	var found []Block
	var current *Block
	number := 0
	for line := range strings.Lines(text) {
		number++
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch words := strings.Fields(fence); {
		case isFence && current != nil:
			found = append(found, *current)
			current = nil
		case isFence && len(words) > 0 && words[0] == "go":
			kind := Kind(strings.Join(words[1:], " "))
			if _, known := signatures[kind]; !known && kind != KindFile {
				return nil, fmt.Errorf("%s:%d: %q is no kind of Go block", path, number, kind)
			}
			current = &Block{Path: path, Line: number + 1, Kind: kind}
		case current != nil:
			current.Code += line
		}
	}
	if current != nil {
		return nil, fmt.Errorf("%s:%d: the code block does not end", path, current.Line)
	}
	return found, nil
}
