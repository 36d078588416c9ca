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

// Blocks returns the Go code blocks of a document. A block that the reader saves as a file is none: it may need other
// files.
func Blocks(path, text string) ([]Block, error) {
	fences, err := Fences(path, text)
	if err != nil {
		return nil, err
	}
	var found []Block
	for _, fence := range fences {
		language, words, _ := strings.Cut(fence.Info, " ")
		if _, isFile := fence.File(); language != "go" || isFile {
			continue
		}
		kind := Kind(words)
		if _, known := signatures[kind]; !known && kind != KindFile {
			return nil, fmt.Errorf("%s:%d: %q is no kind of Go block", path, fence.Line-1, kind)
		}
		found = append(found, Block{Path: path, Line: fence.Line, Kind: kind, Code: fence.Text})
	}
	return found, nil
}
