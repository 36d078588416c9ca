package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/catalog"
)

func (c *command) methods() *cobra.Command {
	return &cobra.Command{
		Use:   "methods [SERVICE|METHOD]",
		Short: "Show the methods of Google's services that start operations",
		Long: `Show what the catalog knows of the methods that start operations: those of all services, of a SERVICE such as alloydb,
or one METHOD by its id. Steps name methods by these ids. The catalog says what Google's discovery documents say: nothing
is sent, and nothing in it was tried on a live service.`,
		Example: `  awaitop methods
  awaitop methods alloydb
  awaitop methods alloydb.projects.locations.clusters.create
  awaitop methods notebooks/v2:notebooks.projects.locations.instances.create -o json`,
		Args:              atMostOne,
		ValidArgsFunction: completeMethods,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.printServices(catalog.Services())
			}
			if found := servicesNamed(args[0]); len(found) > 0 {
				return c.printMethods(found)
			}
			m, err := catalog.Find(args[0])
			if err != nil {
				return usageError{err}
			}
			return c.printMethod(m)
		},
	}
}

// servicesNamed are the services of a name, a name and version, or a host.
func servicesNamed(name string) []*catalog.Service {
	var found []*catalog.Service
	for _, s := range catalog.Services() {
		if name == s.Name || name == s.String() || name == s.Host {
			found = append(found, s)
		}
	}
	return found
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

func (c *command) printMethods(services []*catalog.Service) error {
	var rows []table.Row
	for _, s := range services {
		for _, m := range s.Methods() {
			line := methodLineOf(m)
			if c.output == "json" {
				if err := c.json(line); err != nil {
					return err
				}
			}
			name := line.ID
			if len(services) > 1 { // versions may have the same ids
				name = line.Key
			}
			rows = append(rows, rowOf(name, line.Target, line.FoundBy, cmp.Or(line.Undo, "-")))
		}
	}
	switch {
	case c.output == "json":
		return nil
	case len(rows) == 0:
		c.say("no method of %s starts an operation", services[0])
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
