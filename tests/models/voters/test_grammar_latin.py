"""Statements of Brazil, Portugal, Mexico, Spain and Italy: the banks' words, and the merchants behind them."""

import pytest

from models.statements.normalise import merchant_text
from models.voters.grammar import Flow
from tests.harness.grammar_lines import rows_of, said

BRAZIL = """
TAR PACOTE ITAU MAR/24 -> loans_fees
TARIFA BANCARIA CESTA B.EXPRESSO5 -> loans_fees
Cobrança de I.O.F. -> loans_fees
TARIFA DE MANUTENÇÃO -> loans_fees
PRESTAÇÃO DA CASA -> housing
ANUIDADE DIFERENCIADA -> loans_fees
JUROS LIMITE DA CONTA -> loans_fees
Encargos de atraso -> loans_fees
ESTORNO TARIFA < loans_fees
REND PAGO APLIC AUT MAIS < income
Rendimento da conta < income
REMUNERACAO APLICACAO AUTOMATICA < income
CRED SALARIO < income
SISPAG SALARIOS < income
LIQUIDO DE VENCIMENTO 12345678 < income
Recebimento de Proventos < income
CRED INSS < income
BOLSA FAMILIA < income
SAQUE FGTS ANIVERSARIO < income
RESTITUICAO IMPOSTO DE RENDA < income
CREDITO EVENTO B3: DIVIDENDOS < income
PREST HAB -> housing
ALUGUEL APTO 31 -> housing
COND EDIFICIO CONDOMINIO SOLAR -> housing
PIX ENVIADO ALUGUEL CASA -> housing
PAGTO ELETRONICO TRIBUTO IPVA SP -> government_taxes
DARF PREVIDENCIARIO -> government_taxes
DAS SIMPLES NACIONAL -> government_taxes
PARCELA CREDITO PESSOAL -> loans_fees
Pagamento de empréstimo -> loans_fees
Pagamento de fatura -> transfers_cash
GASTOS CARTAO DE CREDITO -> transfers_cash
SEGURO PRESTAMISTA -> insurance
RECARGA DE CELULAR VIVO -> utilities_telecom
Pagto conta telefone -> utilities_telecom
DA CLARO 1234 -> utilities_telecom
CONTA DE LUZ -> utilities_telecom
PIX ENVIADO DIZIMO -> charity_donations
SAQUE 24H 12345 -> transfers_cash
SAQUE LOT -> transfers_cash
DEP DINH LOT < transfers_cash
PIX RECEBIDO JOAO < transfers_cash
PIX TRANSF MARIA S12/05 -> transfers_cash
TED 001.0001.FULANO -> transfers_cash
Resgate RDB < transfers_cash
Aplicação RDB -> transfers_cash
CONTA PAGA TRANSFER?NCIA ENTRE CONTAS -> transfers_cash
SAL?RIO < income
TARIFA MANUTEN??O DE CONTA -> loans_fees
"""

PORTUGAL = """
COMISSAO MANUTENCAO CONTA -> loans_fees
COM.MAN.CONTA -> loans_fees
IMPOSTO DE SELO 4% -> loans_fees
JUROS DEVEDORES -> loans_fees
JUROS CREDORES < income
PRESTACAO CREDITO HABITACAO -> housing
RENDA ABRIL -> housing
TRF P/ MARIA RENDA -> housing
QUOTA CONDOMINIO -> housing
ORDENADO MARCO < income
CRED.VENCIMENTO < income
INST GEST FINANC SEG SOCIAL < income
SUBSIDIO DESEMPREGO < income
REEMBOLSO IRS < income
PAGAMENTO AO ESTADO -> government_taxes
IUC 12-AB-34 -> government_taxes
CAMARA MUNICIPAL DE SINTRA -> government_taxes
COBRANCA PRESTACAO 00123 -> loans_fees
PAG CARTAO CREDITO -> transfers_cash
COBRANCA SEGURO VIDA -> insurance
CARREGAMENTO TELEMOVEL MEO -> utilities_telecom
DD EDP COMERCIAL -> utilities_telecom
PROPINAS UNIV COIMBRA -> education
JOGOS SANTA CASA -> entertainment
LEV ATM 4821 CC COLOMBO -> transfers_cash
LEVANTAMENTO PORTO -> transfers_cash
TRF MB WAY P/ *****1234 -> transfers_cash
TRF DE RUI COSTA < transfers_cash
TR-IPS-JOANA -> transfers_cash
CONSTITUICAO DP POUPANCA -> transfers_cash
PAG.SERV. 21234/123456789 -> transfers_cash
DONATIVO LIGA CONTRA O CANCRO -> charity_donations
"""

MEXICO = """
COMISION MANEJO DE CUENTA -> loans_fees
IVA COMISION -> loans_fees
INTERESES MORATORIOS -> loans_fees
INTERESES GANADOS < income
RENDIMIENTOS < income
PAGO DE NOMINA < income
AGUINALDO < income
PENSION BIENESTAR < income
DEVOLUCION SAT IVA < income
CUOTA MANTENIMIENTO EDIFICIO -> housing
CUOTA MANTENIMIENTO -> loans_fees
ELEKTRA ABONO PRESTAMO -> loans_fees
TRASPASO RECIBIDO CUENTA NOMINA < transfers_cash
CREDITO INFONAVIT MENSUALIDAD -> housing
SPEI ENVIADO BANORTE 0012345 RENTA MARZO -> housing
PAGO PREDIAL CDMX -> government_taxes
TENENCIA 2024 -> government_taxes
SAT PAGO REFERENCIADO -> government_taxes
MULTA DE TRANSITO -> government_taxes
PAGO PRESTAMO PERSONAL -> loans_fees
SU PAGO GRACIAS < transfers_cash
PAGO TARJETA DE CREDITO -> transfers_cash
PRIMA SEGURO AUTO -> insurance
RECARGA TELCEL 200 -> utilities_telecom
PAGO CFE -> utilities_telecom
CFE SUMINISTRADOR -> utilities_telecom
COLEGIATURA ABRIL -> education
RETIRO CAJERO AUTOMATICO MAR12 -> transfers_cash
RETIRO SIN TARJETA -> transfers_cash
DEPOSITO EN EFECTIVO < transfers_cash
PAGO CUENTA DE TERCERO 0123456789 -> transfers_cash
SPEI RECIBIDO SANTANDER JUAN PEREZ < transfers_cash
TRASPASO ENTRE CUENTAS PROPIAS -> transfers_cash
PLAZO FIJO -> transfers_cash
LIQ. TARJETA MES ANTERIOR -> transfers_cash
INTERESES TARJETA -> loans_fees
TELCEL RECARGA -> utilities_telecom
METROBUS RECARGA -> transport
METRO CDMX RECARGA -> transport
"""

TRAPS = """
FARMACIAS DEL AHORRO
RENTA DE AUTOS CANCUN
ALUGUEL DE CARROS MOVIDA
COMPRA BIZUM DECATHLON
ATM MILANO BIGLIETTI
COMPRA MERCADONA, MADRID, TARJETA 4018123412341234 , COMISION 0,00
TED BAKER LONDON
DAS KAFFEEHAUS
LUZ MARIA RESTAURANTE
DARE TO DREAM
CONTINENTE BOM DIA
BAR DO PORTO
AGIP STATION MILANO
JCP OPTICAL
PRIMA CATERING SUPPLIES
SAT NAV WORLD
TFI LEAP
AMAZON.COM SERVICES
CHRISTINE LE DUC
HOTEL LEV
HOSPITAL DA LUZ
MARIA DA LUZ
CUOTA COLEGIO ABOGADOS
IMI NORGREN LTD
CONSORCIO TRANSPORTES MADRID
"""


@pytest.mark.parametrize("table", [BRAZIL, PORTUGAL, MEXICO])
def test_each_dialect_is_understood(table: str) -> None:
    """Lines that banks print, with the direction the money moved."""
    rows = rows_of(table)
    expected = [(description, category) for description, _, category in rows]
    assert expected == [(description, said(description, flow)) for description, flow, _ in rows]


@pytest.mark.parametrize("name", TRAPS.strip().splitlines())
def test_names_of_merchants_are_not_read(name: str) -> None:
    """A bank's word in a merchant's name, or in a field behind it, says nothing."""
    assert {None} == {said(name, flow) for flow in Flow}


@pytest.mark.parametrize(
    "front",
    [
        # Brazil
        "COMPRA CARTAO - ",
        "COMPRA CART?O - ",
        "COMPRA CARTÃO DEB MC 12/05 ",
        "Compra no débito - ",
        "Compra com Cartão - 12/05 10:33 ",
        "DEBITO VISA ELECTRON BRASIL 12/05 ",
        "VISA ELECTRON ",
        "COMPRA ELO DEBITO VISTA ",
        "RSHOP-",
        "PIX QRS ",
        "PIX ",
        "PIX - ",
        "BOLETO ",
        "COMPRA PARCELADA ",
        "PIX ENVIADO ",
        'Pix enviado: "Cp :60701190-',
        "Pix - Enviado 12/05 10:33 ",
        "TRANSFERENCIA PIX DES: ",
        "Pagamento de boleto efetuado - ",
        "PAGTO ELETRON COBRANCA ",
        "DEB AUT ",
        "PAG*",
        "MP *",
        # Portugal
        "COMPRA 1234 ",
        "COMPRAS C.DEB ",
        "COMPRA ELEC 1234567/12 ",
        "COMPRA MB WAY - ",
        "DD PT12345678 ",
        "DEBITO DIRECTO - ",
        "PAG SERV 20123 ",
        # Mexico
        "COMPRA EN COMERCIO ",
        "CARGO POR DOMICILIACION ",
        "SPEI ENVIADO ",
        "CLIP MX*",
        "MERPAGO*",
        # Spain and Italy
        "COMPRA TARJ. 5402XXXXXXXX1234 ",
        "PAGO MOVIL EN ",
        "PAGAMENTO SU CIRCUITO INTERNAZIONALE ",
        "POS CARTA 1234 ",
        "PAGAMENTO CONTACTLESS CARTA *1234 DI EUR 12,00 DEL 12/03 ",
        "COMPRA ",
    ],
)
def test_merchant_is_found_behind_what_banks_write(front: str) -> None:
    """Whatever stands in front, the merchant is the same."""
    assert "acme azul" == merchant_text(f"{front}ACME AZUL")


@pytest.mark.parametrize(
    "tail",
    [
        " - Parcela 1/3",
        " PARC 02/05",
        " CUOTA 3/6",
        " 6 MSI",
        " A 3 MESES SIN INTERESES",
        ", TARJETA 4018123412341234 , COMISION 0,00",
        " Operazione carta 1234",
        " CONTACTLESS",
        "12/05",
        " SAO PAULO BRA",
        " LISBOA PRT",
        " GUADALAJARA JAL MEX",
    ],
)
def test_merchant_is_found_before_what_banks_append(tail: str) -> None:
    """Instalments, the card, the fee of nought and the town do not name the merchant."""
    assert "acme azul" == merchant_text(f"ACME AZUL{tail}")


@pytest.mark.parametrize(
    "line",
    [
        "Transferência enviada pelo Pix - ACME AZUL - 12.345.678/0001-90 - BCO X (0077) Agência: 1 Conta: 123-4",
        'Compra no debito: "No estabelecimento ACME AZUL"',
        "PIX QR CODE DINAMICO DES: ACME AZUL 12/05",
    ],
)
def test_merchant_is_found_in_its_field(line: str) -> None:
    """Fields of a transfer that name somebody else's bank are not the merchant."""
    assert "acme azul" == merchant_text(line)


@pytest.mark.parametrize(
    ("glued", "name"),
    [
        ("PAG*Barbeariadojoao", "barbearia do joao"),
        ("MP *LANCHONETEDATIA", "lanchonete da tia"),
        ("PAG*PadariaSaoJose", "padaria sao jose"),
        ("SUMUP *PIZZERIADELLAROSA", "pizzeria della rosa"),
        ("MERCADOPAGO", "mercadopago"),
        ("SUMUP *BAVARIADIREKT", "bavariadirekt"),
    ],
)
def test_trade_is_found_in_a_name_without_blanks(glued: str, name: str) -> None:
    """Processors print names without blanks; an article behind the trade shows where it ends."""
    assert name == merchant_text(glued)
