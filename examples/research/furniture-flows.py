# %% [markdown]
# # Where furniture goes, and what it is made of
#
# This notebook asks the public data of a passport service three questions and draws the answers. Nobody has to be asked
# for access, and nothing has to be downloaded first: each question is an address, and each answer is a table.
#
# You need Python with pandas and matplotlib (`pip install -r requirements.txt`). Set `PASSPORT_ENDPOINT` to the address
# of the service whose data you want; without it, the demo on your own computer is asked.

# %%
import json
import os
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import matplotlib.pyplot as plt
import pandas as pd

SERVICE = os.environ.get("PASSPORT_ENDPOINT", "http://127.0.0.1:8000").rstrip("/")
ENDPOINT = SERVICE + "/sparql"


def ask(query):
    """The answer to a SPARQL query, as a data frame."""
    return pd.read_csv(ENDPOINT + "?format=csv&" + urlencode({"query": query}))


# %% [markdown]
# ## Which state of the data is this?
#
# Everything that was ever published stands in a log that only grows. An answer says up to which position of that log it
# knows everything. Write that number down: who asks later gets more, and the number says how much less you had.

# %%
with urlopen(ENDPOINT + "?" + urlencode({"query": "ASK {}", "format": "json"})) as answer:
    POSITION = int(answer.headers["X-Graph-Position"])
print(f"Run on {SERVICE}, at log position {POSITION}.")

# %% [markdown]
# A graph that is asked changes with the log. What a paper cites should not: that is what dated snapshots are for. A
# snapshot has an address of its own, and it does not change. It holds the same data as files, and the checkpoint that
# proves which log it was made from. `/data/latest` leads to the newest one.

# %%
try:
    with urlopen(Request(SERVICE + "/data/latest", headers={"Accept": "application/json"})) as answer:
        snapshot = json.load(answer)
    print(
        f"Cite as: Furniture passports, snapshot of {snapshot['issued'][:10]}, {snapshot['log']['size']} entries of the"
        f" log {snapshot['log']['origin']}, root {snapshot['log']['root']}. {snapshot['id']}"
        f" Licence: {snapshot['licence']}"
    )
except HTTPError as missing:
    if missing.code != 404:
        raise
    print("This service has made no snapshot yet. Its operator makes one with `passport snapshot`.")

# %% [markdown]
# ## 1. What is furniture in use made of?
#
# Each piece tells what it consists of now, after all repairs. Here is the mass of each material in all pieces that have
# not come to their end. Only pieces count whose passport tells masses: this is a picture of what is known, not of all
# furniture there is.

# %%
materials = ask("""
PREFIX fp: <https://w3id.org/furniturepassport/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?material ?kg ?pieces WHERE {
  {
    SELECT ?class (SUM(?mass) AS ?kg) (COUNT(DISTINCT ?piece) AS ?pieces) WHERE {
      GRAPH ?piece {
        ?piece fp:granularity <https://w3id.org/furniturepassport/codes/granularity/item> ;
               fp:now ?now .
        ?now fp:contains ?part .
        ?part fp:materialClass ?class ; fp:mass ?mass .
        FILTER NOT EXISTS { ?now fp:ended ?moment }
      }
    }
    GROUP BY ?class
  }
  ?class skos:prefLabel ?material .
  FILTER(LANG(?material) = "en")
}
ORDER BY DESC(?kg)
""")
materials

# %%
figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
axes.barh(materials["material"], materials["kg"])
axes.invert_yaxis()
axes.set(xlabel="kg", title="Materials of furniture in use")
plt.show()

# %% [markdown]
# ## 2. How often is each kind of furniture repaired?
#
# A repair is counted once, and not at all if it was corrected later: that is what `fp:LifeEvent` says. Repairs are set
# against the number of pieces, since a kind with many pieces has many repairs. With few pieces a rate says little, so
# their number stands beside it.

# %%
repairs = ask("""
PREFIX fp: <https://w3id.org/furniturepassport/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?kind (COUNT(?piece) AS ?pieces) (SUM(?times) AS ?repairs) WHERE {
  GRAPH ?piece {
    ?piece fp:granularity <https://w3id.org/furniturepassport/codes/granularity/item> ;
           fp:productGroup "furniture" ;
           fp:now/fp:timesRepaired ?times .
  }
  OPTIONAL { ?piece fp:category ?own }
  OPTIONAL { ?piece fp:model/fp:category ?of_model }
  BIND(COALESCE(?own, ?of_model) AS ?category)
  ?category skos:prefLabel ?kind .
  FILTER(LANG(?kind) = "en")
}
GROUP BY ?kind
""")
repairs["per 100 pieces"] = 100 * repairs["repairs"] / repairs["pieces"]
repairs = repairs.sort_values(["per 100 pieces", "kind"], ascending=[False, True]).head(15)
repairs

# %%
figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
axes.barh(repairs["kind"] + " (" + repairs["pieces"].astype(str) + ")", repairs["per 100 pieces"])
axes.invert_yaxis()
axes.set(xlabel="repairs per 100 pieces", title="Repairs by kind of furniture (number of pieces)")
plt.show()

# %% [markdown]
# ## 3. Who passes furniture on to whom?
#
# Who owns a piece is not public, but what sort of owner it is: a maker, a municipality, a company, a private person.
# Each change of ownership moves a piece from one sort to another, or within one.

# %%
transfers = ask("""
PREFIX fp: <https://w3id.org/furniturepassport/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX epcis: <https://ref.gs1.org/epcis/>

SELECT ?year ?from ?to (COUNT(?event) AS ?pieces) WHERE {
  GRAPH ?piece {
    ?event a fp:LifeEvent ;
           fp:eventType <https://w3id.org/furniturepassport/codes/event-type/ownershipTransferred> ;
           epcis:eventTime ?time ;
           fp:previousOwnerType ?giver ;
           fp:ownerType ?taker .
  }
  ?giver skos:prefLabel ?from .
  ?taker skos:prefLabel ?to .
  FILTER(LANG(?from) = "en" && LANG(?to) = "en")
  BIND(YEAR(?time) AS ?year)
}
GROUP BY ?year ?from ?to
ORDER BY ?year ?from ?to
""")
transfers

# %%
flows = transfers.pivot_table(index="from", columns="to", values="pieces", aggfunc="sum", fill_value=0)
figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
flows.plot.barh(stacked=True, ax=axes)
axes.invert_yaxis()
axes.set(xlabel="pieces", ylabel="", title="Pieces passed on, by sort of owner")
axes.legend(title="to")
plt.show()

# %% [markdown]
# ## To go on from here
#
# * The same questions can be tried, changed and drawn in a browser, at `/sparql` of the service, beside more examples.
# * `/data` lists what can be downloaded. For work on all of the data the tables of a snapshot are faster than queries.
# * Each name in a query is an address that explains itself:
#   [fp:LifeEvent](https://w3id.org/furniturepassport/LifeEvent), for example, or its page in the service's `/vocab`.
