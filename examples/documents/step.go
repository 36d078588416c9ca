package documents

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/awaitop/awaitop/internal/snippets"
)

// Step is one thing that a document tells its reader to do: to run a command, or to save a file.
type Step struct {
	Path string // of the document
	Line int    // in the document, from 1
	// Command is the command without its comment, "" for a file.
	Command string
	// File is the name of the file to save, and Text what is in it.
	File, Text string
}

// String names the step as failures do.
func (s Step) String() string {
	if s.File != "" {
		return fmt.Sprintf("%s:%d: save %s", s.Path, s.Line, s.File)
	}
	return fmt.Sprintf("%s:%d: %s", s.Path, s.Line, s.words())
}

// words are the command on one line, with one space between its words. Rules name commands like that.
func (s Step) words() string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s.Command, "\\\n", " ")), " ")
}

// Steps returns the steps of a document in their order. A block that is no shell code is an error.
func Steps(path, text string) ([]Step, error) {
	fences, err := snippets.Fences(path, text)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, fence := range fences {
		if name, isFile := fence.File(); isFile {
			steps = append(steps, Step{Path: path, Line: fence.Line, File: name, Text: fence.Text})
			continue
		}
		if fence.Info != "sh" {
			continue
		}
		commands, err := commandsOf(fence)
		if err != nil {
			return nil, err
		}
		steps = append(steps, commands...)
	}
	return steps, nil
}

// commandsOf are the commands of a block.
func commandsOf(fence snippets.Fence) ([]Step, error) {
	file, err := parse(fence.Text)
	if err != nil {
		return nil, fmt.Errorf("the block at %s:%d is no shell code: %w", fence.Path, fence.Line, err)
	}
	var steps []Step
	for _, statement := range file.Stmts {
		var command strings.Builder
		if err := syntax.NewPrinter().Print(&command, statement); err != nil {
			return nil, err
		}
		line := fence.Line + int(statement.Pos().Line()) - 1
		steps = append(steps, Step{Path: fence.Path, Line: line, Command: command.String()})
	}
	return steps, nil
}

func parse(text string) (*syntax.File, error) {
	return syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
}
