package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/catalog"
)

func (c *command) methods() *cobra.Command {
	var word string
	cmd := &cobra.Command{
		Use:   "methods [SERVICE|BEGINNING|METHOD]",
		Short: "Show the methods of Google's services that start operations",
		Long: `Show what the catalog knows of the methods that start operations: those of all services, of a SERVICE such as alloydb
or alloydb.googleapis.com, all whose ids have a BEGINNING such as sql or sql.instances, or one METHOD by its id. Steps
name methods by these ids. The catalog says what Google's discovery documents say: nothing is sent, and nothing in it was
tried on a live service.`,
		Example: `  awaitop methods
  awaitop methods alloydb
  awaitop methods alloydb.projects.locations.clusters.create
  awaitop methods notebooks/v2:notebooks.projects.locations.instances.create -o json
  awaitop methods --grep address`,
		Args:              atMostOne,
		ValidArgsFunction: completeMethods,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.showMethods(strings.Join(args, ""), word)
		},
	}
	cmd.Flags().StringVar(&word, "grep", "", "list the methods with `WORD` in their ids, in any case (default: all)")
	return cmd
}

// showMethods shows what a name stands for, "" for all services; of a list the methods with a word in their ids.
func (c *command) showMethods(name, word string) error {
	if name == "" && word == "" {
		return c.printServices(catalog.Services())
	}
	found, listed := methodsNamed(name)
	switch {
	case !listed:
		return c.showMethod(name)
	case word != "":
		return c.printMethods(having(word, found), fmt.Sprintf("no id of a method that starts an operation has %q", word))
	default:
		return c.printMethods(found, "no method of "+name+" starts an operation")
	}
}

func (c *command) showMethod(key string) error {
	m, err := catalog.Find(key)
	var lacking *catalog.Error
	switch {
	case err == nil:
		return c.printMethod(m)
	case errors.As(err, &lacking) && lacking.Field == "service":
		return usageError{fmt.Errorf("%w; `awaitop methods` lists the services, `awaitop methods --grep WORD` searches the ids of methods", err)}
	default:
		return usageError{err}
	}
}

// serviceLine is a service in JSON. It is a contract.
type serviceLine struct {
	Service string `json:"service"`
	Version string `json:"version"`
	Host    string `json:"host"`
	// Methods start operations. Undoable ones make what a saga can delete.
	Methods  int `json:"methods"`
	Undoable int `json:"undoable"`
}

func (c *command) printServices(services []*catalog.Service) error {
	var rows []table.Row
	for _, s := range services {
		line := serviceLine{Service: s.Name, Version: s.Version, Host: s.Host, Methods: len(s.Methods())}
		for _, m := range s.Methods() {
			if undo, _ := undoOf(m); undo != "" {
				line.Undoable++
			}
		}
		if c.output == "json" {
			if err := c.json(line); err != nil {
				return err
			}
		}
		rows = append(rows, table.Row{s.String(), s.Host, line.Methods, line.Undoable})
	}
	if c.output == "json" {
		return nil
	}
	return c.table(table.Row{"SERVICE", "HOST", "METHODS", "UNDOABLE"}, rows)
}

// printMethods prints a row for each method, or else, for people, that there is none.
func (c *command) printMethods(methods []*catalog.Method, none string) error {
	var rows []table.Row
	times := map[string]int{} // versions may have the same ids
	for _, m := range methods {
		times[m.ID]++
	}
	for _, m := range methods {
		line := methodLineOf(m)
		if c.output == "json" {
			if err := c.json(line); err != nil {
				return err
			}
		}
		name := line.ID
		if times[m.ID] > 1 {
			name = line.Key
		}
		rows = append(rows, rowOf(name, line.Target, line.FoundBy, cmp.Or(line.Undo, "-")))
	}
	switch {
	case c.output == "json":
		return nil
	case len(rows) == 0:
		c.say("%s", none)
		return nil
	default:
		return c.table(table.Row{"METHOD", "TARGET", "FOUND AGAIN BY", "UNDO"}, rows)
	}
}

func (c *command) printMethod(m *catalog.Method) error {
	line := methodLineOf(m)
	if c.output == "json" {
		return c.json(line)
	}
	undo := line.Undo
	if line.ForceUndo {
		undo += "; with ForceUndo it deletes what the resource holds"
	}
	facts := [][2]string{
		{"method", line.Key}, {"request", line.Request}, {"target", line.Target}, {"id", line.IDPlace},
		{"requestId", line.RequestID}, {"validateOnly", line.ValidateOnly}, {"update mask", line.UpdateMask}, {"labels", line.Labels},
		{"found again by", line.FoundBy}, {"undo", undo}, {"in a saga", line.NotUndoable},
		{"step in Go", line.Step},
	}
	for _, refusal := range line.Refusals {
		facts = append(facts, [2]string{"refused", refusal})
	}
	for _, fact := range facts {
		if fact[1] == "" {
			continue
		}
		if err := c.print(fmt.Sprintf("%-14s  %s", fact[0], fact[1])); err != nil {
			return err
		}
	}
	return nil
}

// completeMethods completes the name of a service, and behind a dot the ids of methods.
func completeMethods(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	var found []string
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, s := range catalog.Services() {
		if strings.HasPrefix(s.Name, begun) {
			found = append(found, s.Name)
		}
		if !strings.Contains(begun, ".") {
			continue
		}
		for _, m := range s.Methods() {
			if strings.HasPrefix(m.ID, begun) {
				found = append(found, m.ID)
			}
		}
	}
	slices.Sort(found) // versions of a service share names
	return slices.Compact(found), cobra.ShellCompDirectiveNoFileComp
}
