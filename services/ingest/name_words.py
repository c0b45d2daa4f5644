"""Given names and surnames that are also words in English, Dutch or French.

Such a name is taken for one only where it is capitalised inside a sentence.  The lists are kept by
hand: they are short, because most names are no words, and a miss costs one placeholder too many.
"""

from __future__ import annotations

from typing import Final

_ENGLISH: Final = """
abbey ace alba amber amity angel april archer art ash aspen august autumn bailey baker bay beau
beck berry bill billy bishop blake blaze bliss blossom blue bond booker brand brandy brook brooks
brown buck bud buddy butler candy carol carpenter carter case cash chance chandler charity chase
chip chuck clay cliff cole cook cooper coral cord cross crystal daisy dale dawn dean dell destiny
dick dolly drake drew duke dusty earl eden ernest eve faith fanny fern field fisher fleet flint
flora forest foster fox frank gale gene genesis ginger glen glory goldie grace grant gray green
grey guy hall harmony harper haven hazel heath heather henna hill holly honey honor hope hunt
hunter iris ivory ivy jack jade jasmine jasper jay jean jersey jet jewel job john journey joy
julep june juniper justice kay king kit lacey lake lance lane lark laurel lee liberty lily lord
lucky major mark marsh martin mason maverick may melody mercy merit miles mill miller milo misty
moon moss myrtle nick noble north novel oak olive opal page paige paris parker pat patience patsy
pearl penny pepper phoenix pierce piper poppy porter price pride prince prudence quill quincy rain
ray read red reed reese reeve rich river rob robin rock rocky rod roman rose rosemary rowan ruby
rusty rye sage salt sandy saul scarlet scout serenity shade shaw shepherd sherry sienna sierra
skip sky sol sonny spring star sterling stone storm sue summer sunny taylor temple tiger timber
tom tony trinity true turner val vale van velvet victor victory viola violet wade walker ward
warren wells west wheat will willow wills winter wolf wood woods woody wren young
"""
_DUTCH: Final = """
aad ad alles an arend bakker bank beek beer ben berg beste blij bloem blok boer boom boon bos bot
braam bram brand breed brouwer bruin buis daan dag dam de den dijk dik door doos eef eerste els
engel geert ger graaf griet groen groot haan haar haas hals ham hans hart heer hen hoek hof hond
huis ijs jan jong jonge ka kaars kamp kant keizer kerk klein knoop kok koning kool koos kort korte
kraan kroon kuiper laan lach lang lange leen leeuw lente leo lies lieve linde los maan maart mand
mart mee meer mees meester mei mens molen molenaar mos mus nood noor paal pak paus pen pijl pim
pool post prins raaf ree rijk rol rood roos rozen ruiter schaap schilder schippers schoen sien
slager smit sneeuw snel snijder spin staf stam steen ster sterk stok storm teun tien ties tijd tim
tol toon tuin vaart vast veen veer veld ven vis visser vliet vlinder vogel vos vrede vries waard
wal water weer wees wiel wijn wil wind winter wit wolf wolken wout zee zoet zomer zon zwaan zwart
"""
_FRENCH: Final = """
adore aime ange angel anglais aube aurore avril ayme baptiste beau belle berger blanc blanche bois
bon bonnet boucher boulanger brun capucine carre cerise charmant charpentier chevalier clair
claire clemence clement coline colombe constance constant content cosme cousin dame desire douce
dure eden fabre fidele fleur forestier fort fortune franc france gaillard gentil germain gracieuse
grand gros guide henry honore innocent jasmin jean jolie jour jourdan juin juste lac laurier
lionne lise livre long loup loyal lune lys mai marchand marguerite marie marin marine martin
maréchal menard mercier meunier modeste moreau moulin neige noble noel nos nuit olive olivier
ombre or page parfait pascal patience perle perron petit pie pierre pin plume poirier pomme pont
pre prosper prudence pure reine remi rene rey riche rivage rivière robin roi roman rose roux
sabine sage saint saison salomon serrurier soleil sylvestre tessier tonnelier vallet vasseur vert
victoire vigne violette vivien voisin
"""
NAME_WORDS: Final = frozenset(f"{_ENGLISH} {_DUTCH} {_FRENCH}".split())
